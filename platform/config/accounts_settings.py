"""Settings of signing in, with allauth's own names. `config/settings.py` takes all of them over."""

import environ

env = environ.Env()

# Blind indexes are keyed apart from the field keys, which rotate; empty means the oldest field key.
FIELD_INDEX_KEY = env.str("JISHI_FIELD_INDEX_KEY", default="")
SESSION_SERIALIZER = "market.accounts.sessions.EncryptedSessionSerializer"
SESSION_COOKIE_AGE = 30 * 86_400

ACCOUNT_ADAPTER = "market.accounts.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = "market.accounts.selectors.display_name"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]  # the form asks for one of the two addresses
ACCOUNT_FORMS = {
    "add_email": "market.accounts.forms.AddEmailForm",
    "change_email": "market.accounts.forms.ChangeEmailForm",
    "change_password": "market.accounts.forms.ChangePasswordForm",
    "change_phone": "market.accounts.forms.ChangePhoneForm",
    "confirm_email_verification_code": "market.accounts.forms.ConfirmEmailForm",
    "confirm_login_code": "market.accounts.forms.ConfirmLoginForm",
    "confirm_password_reset_code": "market.accounts.forms.ConfirmPasswordResetForm",
    "login": "market.accounts.forms.LoginForm",
    "reauthenticate": "market.accounts.forms.ReauthenticateForm",
    "request_login_code": "market.accounts.forms.RequestLoginCodeForm",
    "reset_password": "market.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "market.accounts.forms.NewPasswordForm",
    "set_password": "market.accounts.forms.SetPasswordForm",
    "signup": "market.accounts.forms.SignupForm",
    "verify_phone": "market.accounts.forms.VerifyPhoneForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("JISHI_TRUSTED_PROXIES", default=0)

MFA_ADAPTER = "market.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "market.accounts.forms.SecondFactorForm",
    "reauthenticate": "market.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "market.accounts.forms.ActivateTotpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jishi"
MFA_TOTP_TOLERANCE = 1
