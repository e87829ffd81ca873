"""What a shopper may mean while typing: categories, brands and the words that titles are about."""
