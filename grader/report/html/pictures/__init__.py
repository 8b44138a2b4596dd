"""Evidence as inline SVG. Colours are classes of ``templates/style.css``: pictures follow light, dark and print."""
