"""Tables, figures and one HTML file, in Dutch or English."""
