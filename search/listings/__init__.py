"""One document per offer, copied from every shop, and the engines that find it."""
