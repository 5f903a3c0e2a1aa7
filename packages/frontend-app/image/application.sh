# shellcheck shell=sh
# `application` of frontend-app-learner-dashboard is learner-dashboard: its APP_ID, and its path below the address. The LMS beside it
# derives the same.
application=${DEVENV_CONTAINER#frontend-app-}
