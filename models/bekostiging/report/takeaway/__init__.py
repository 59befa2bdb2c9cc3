"""What a user takes away from every result folder: tables/*.csv and resultaten.xlsx, made of the same tables."""
