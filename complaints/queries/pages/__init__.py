"""A list page by page: its order, its cursors, and how a page of many rows is found."""
