// The catcher's two pages. Mail is hostile text: everything is escaped, and the HTML part is shown in a sandbox.

const escape = (text) =>
  String(text ?? '').replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

const page = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  table { width: 100%; border-collapse: collapse }
  th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884; vertical-align: top }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid #8884 }
  iframe { width: 100%; height: 30rem; border: 1px solid #8884; background: #fff }
</style></head><body>${body}</body></html>`;

export function listPage(messages) {
  const rows = messages.map(
    ({ id, to, subject, received_at }) =>
      `<tr><td><time>${escape(received_at)}</time></td><td>${escape(to)}</td><td><a href="/mail/${escape(id)}">${escape(subject || '(no subject)')}</a></td></tr>`,
  );
  const table = `<table><thead><tr><th>Received</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page('Caught mail', `<h1>Caught mail</h1>${messages.length ? table : '<p>No mail yet. What the stack sends appears here.</p>'}`);
}

export function messagePage({ subject, from, to, received_at, text, html, links }) {
  const list = links.map((link) => `<li><a href="${escape(link)}" rel="noreferrer">${escape(link)}</a></li>`).join('');
  return page(
    subject || '(no subject)',
    `<p><a href="/">All mail</a></p><h1>${escape(subject || '(no subject)')}</h1>
<p>From ${escape(from)}<br>To ${escape(to)}<br><time>${escape(received_at)}</time></p>
${list && `<h2>Links</h2><ul>${list}</ul>`}
<h2>Text</h2><pre>${escape(text)}</pre>
${html ? `<h2>HTML</h2><iframe sandbox title="The mail as HTML" srcdoc="${escape(html)}"></iframe>` : ''}`,
  );
}
