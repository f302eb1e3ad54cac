"""The files of complaints: where their bytes lie, which small pictures are owed, and what lies there for nobody."""
