# netcore-hook in a container: docs/deploying.md tells how to run it.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.js --no-types

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    NETCORE_HOOK_STORE=/var/lib/netcore-hook
COPY --from=build /build/package.json /build/LICENSE /opt/netcore-hook/
COPY --from=build /build/bin /opt/netcore-hook/bin
COPY --from=build /build/samples /opt/netcore-hook/samples
COPY --from=dependencies /build/node_modules /opt/netcore-hook/node_modules
COPY --from=build /build/dist /opt/netcore-hook/dist
# A new volume takes its owner and mode from the folder that it is mounted on.
RUN ln -s /opt/netcore-hook/bin/netcore-hook.js /usr/local/bin/netcore-hook \
  && install -d -m 0700 -o node -g node /var/lib/netcore-hook
# The user "node", by number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME /var/lib/netcore-hook
EXPOSE 4400
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4400/_netcore-hook/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["netcore-hook"]
CMD ["listen", "--host", "0.0.0.0", "--auth", "@/run/secrets/netcore-logins", "--no-inspect"]
