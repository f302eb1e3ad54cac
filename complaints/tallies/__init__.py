"""How many complaints there are of what: kept sums in place of a look at all of them."""
