"""Pictures out of files from elsewhere, and every hostile one refused."""
