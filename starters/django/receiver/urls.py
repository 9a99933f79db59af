from django.urls import path

from hook.views import hook

urlpatterns = [path("webhooks/netcore", hook), path("webhooks/netcore/", hook)]
