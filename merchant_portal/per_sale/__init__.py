"""Plans that are paid per sale, and the orders they brought."""
