"""Pay per sale (淘宝客): plans with rates, sales that their clicks brought, commission at the release."""
