import type { Framework } from './framework.js';

const route = `// routes/api.php, which knows no CSRF protection; the path becomes /api/hook
Route::post('/hook', function (Request $request) {
    try {
        $panels = json_decode($request->input('data') ?? '{}', true, 512, JSON_THROW_ON_ERROR);
    } catch (JsonException) {
        return response('', 400);
    }
    WorkOnEvents::dispatch($panels); // a job of your queue
    return response('', 200);
});`;

export const laravel: Framework = {
  id: 'laravel',
  name: 'Laravel',
  tested: false,
  snippets: {
    body_limit: `; in php.ini
post_max_size = 10M`,
    read_events: route,
    answer_200: route,
    answer_first: route,
    route,
    no_csrf: `// bootstrap/app.php (Laravel 11 and later)
->withMiddleware(function (Middleware $middleware) {
    $middleware->validateCsrfTokens(except: ['hook']);
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
