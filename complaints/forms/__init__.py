"""What callers may ask for, checked: texts, instants and closed lists, and the forms made of them."""
