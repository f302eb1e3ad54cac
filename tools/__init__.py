"""Tools for who develops, runs and checks Redress; the product itself needs none of them."""
