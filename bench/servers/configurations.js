/** A mockoon environment: POST /hook with authentication. */
export function mockoonEnvironment({ port, authorization }) {
  const route = '6b1e7c1e-0f0c-4f0e-8f0e-2d2f1f4f0002';
  const answer = { latency: 0, headers: [], bodyType: 'INLINE', disableTemplating: true };
  return {
    uuid: '6b1e7c1e-0f0c-4f0e-8f0e-2d2f1f4f0001',
    lastMigration: 33,
    name: 'hook',
    port,
    hostname: '127.0.0.1',
    endpointPrefix: '',
    latency: 0,
    folders: [],
    rootChildren: [{ type: 'route', uuid: route }],
    routes: [
      {
        uuid: route,
        type: 'http',
        method: 'post',
        endpoint: 'hook',
        responseMode: null,
        responses: [
          {
            ...answer,
            uuid: '6b1e7c1e-0f0c-4f0e-8f0e-2d2f1f4f0003',
            statusCode: 200,
            body: 'OK',
            rules: [
              {
                target: 'header',
                modifier: 'Authorization',
                value: authorization,
                operator: 'equals',
                invert: false,
              },
            ],
            rulesOperator: 'AND',
          },
          {
            ...answer,
            uuid: '6b1e7c1e-0f0c-4f0e-8f0e-2d2f1f4f0004',
            statusCode: 401,
            body: '',
            rules: [],
            rulesOperator: 'AND',
            default: true,
          },
        ],
      },
    ],
    proxyMode: false,
    tlsOptions: { enabled: false },
    cors: false,
    headers: [],
    data: [],
    callbacks: [],
  };
}

/**
 * A hook of adnanh's webhook: a shell appends the field `data` to a file before the call is
 * answered.
 */
export function adnanhWebhook({ record, authorization }) {
  const text = (name) => ({ source: 'string', name });
  return [
    {
      id: 'hook',
      'http-methods': ['POST'],
      'execute-command': '/bin/sh',
      'pass-arguments-to-command': [
        text('-c'),
        text(`printf '%s\\n' "$1" >> '${record}'`),
        text('sh'),
        { source: 'payload', name: 'data' },
      ],
      // Otherwise it answers before the command has run.
      'include-command-output-in-response': true,
      'trigger-rule': {
        match: {
          type: 'value',
          value: authorization,
          parameter: { source: 'header', name: 'Authorization' },
        },
      },
      'trigger-rule-mismatch-http-response-code': 401,
    },
  ];
}
