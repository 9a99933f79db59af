export default {
  serverExternalPackages: ['libsql', 'netcore-hook'],
  skipTrailingSlashRedirect: true,
  turbopack: { root: import.meta.dirname },
};
