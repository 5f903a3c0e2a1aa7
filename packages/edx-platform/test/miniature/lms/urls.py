from openedx.core.urls import urls_of

urlpatterns = urls_of('lms')
