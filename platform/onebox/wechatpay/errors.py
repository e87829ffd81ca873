"""What the simulated provider answers when it says no."""


class ApiError(Exception):
    """A refusal in the provider's form: an HTTP status, a code word and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def bad_parameter(message: str) -> ApiError:
    """A field is missing or has a wrong form."""
    return ApiError(400, "PARAM_ERROR", message)


def bad_request(message: str) -> ApiError:
    """The fields are well formed, the state of things forbids it."""
    return ApiError(400, "INVALID_REQUEST", message)
