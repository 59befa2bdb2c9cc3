"""What the pages, tables and folders of every study are made with."""
