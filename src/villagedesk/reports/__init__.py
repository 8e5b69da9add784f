"""What leaves the program as a file to be read elsewhere: workbooks and packages."""
