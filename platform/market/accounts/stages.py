"""The steps of a sign-in that differ from allauth's."""

from typing import Any  # Any: allauth's stages return a response or None and whether to go on

from allauth.account import stages


class EmailVerificationStage(stages.EmailVerificationStage):  # type: ignore[misc]  # allauth is untyped
    """E-mail has to be proved by those who have one. Who signed up by telephone proved that instead."""

    def handle(self) -> tuple[Any, bool]:
        """allauth's interface of stages."""
        user = self.login.user
        if user is not None and not user.email and user.phone_verified:
            return None, True
        response, goes_on = super().handle()
        return response, bool(goes_on)
