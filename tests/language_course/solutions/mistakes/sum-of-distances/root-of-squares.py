def distances(x):
    return (x * x).sqrt().sum()
