"""Views of complaints: submit, list, act, export, count; and the words that they are sorted by."""
