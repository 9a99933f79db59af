import type { Framework } from './framework.js';

const route = `// routes/api.php, which knows no CSRF protection; the path becomes /api/webhooks/netcore
Route::post('/webhooks/netcore', function (Request $request) {
    try {
        $panels = json_decode($request->input('data') ?? '{}', true, 512, JSON_THROW_ON_ERROR);
    } catch (JsonException) {
        return response('', 400);
    }
    WorkOnEvents::dispatch($panels); // a job of your queue, on the database or Redis
    return response('', 200);
});`;

const answer = `WorkOnEvents::dispatch($panels); // a job of your queue, on the database or Redis
return response('', 200);`;

export const laravel: Framework = {
  id: 'laravel',
  name: 'Laravel',
  tested: false,
  snippets: {
    body_limit: `; in php.ini
post_max_size = 10M`,
    read_events: route,
    answer_200: answer,
    answer_first: answer,
    route,
    no_csrf: `// bootstrap/app.php (Laravel 11 and later)
->withMiddleware(function (Middleware $middleware) {
    $middleware->validateCsrfTokens(except: ['webhooks/netcore']);
})`,
    basic_auth: `// a middleware of the route
public function handle(Request $request, Closure $next)
{
    $given = $request->getUser() . ':' . $request->getPassword();
    $right = config('services.netcore.user') . ':' . config('services.netcore.password');
    if (!hash_equals($right, $given)) {
        return response('', 401, ['WWW-Authenticate' => 'Basic realm="webhook"']);
    }
    return $next($request);
}`,
  },
};
