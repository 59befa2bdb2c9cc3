"""A case as one Excel workbook: a sheet per table, written with its explanation, read with the cell of every problem."""
