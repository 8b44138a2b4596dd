"""How platforms want the files of feedback to be called, a module for each; ``registry`` lists them."""
