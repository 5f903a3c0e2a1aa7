from django.db import connection
from django.http import JsonResponse
from django.urls import path

from xmodule.modulestore import modulestore


def heartbeat(_request):
    def sql():
        with connection.cursor() as cursor:
            cursor.execute('SELECT 1')

    answers = {}
    for name, ask in {'sql': sql, 'modulestore': lambda: modulestore().client.admin.command('ping')}.items():
        try:
            ask()
            answers[name] = {'status': True, 'message': 'OK'}
        except Exception as error:  # whatever it is, it is what is asked for
            answers[name] = {'status': False, 'message': str(error)}
    return JsonResponse(answers, status=200 if all(answer['status'] for answer in answers.values()) else 503)


urlpatterns = [path('heartbeat', heartbeat)]
