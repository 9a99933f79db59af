import { detailKeys } from './detail/detail-keys.js';
import { Dialog } from './dialog.js';
import { keyGroups, keyName } from './keys.js';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" wide reading onClose={onClose}>
      <div class="key-groups">
        {[...keyGroups, { title: 'In an opened call', keys: detailKeys }].map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map((key) => (
                <div key={key.does}>
                  <dt>
                    {key.keys.map((name) => (
                      <kbd key={name}>{keyName(name)}</kbd>
                    ))}
                  </dt>
                  <dd>{key.does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
