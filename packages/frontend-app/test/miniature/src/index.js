document.body.append(`${SETTINGS.greeting} from ${SETTINGS.APP_ID}`)
