/** Supports light and dark, narrow and wide, screen and paper. */
export const pageStyle = `
:root{--paper:#fff;--ink:#1c2024;--faint:#60646c;--line:#d9dce1;--good:#18794e;--warn:#8a5a00;--bad:#c0272d;--bar:#3b6fd4}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e8eaed;--faint:#9aa0a8;--line:#33373d;--good:#4cc38a;--warn:#f1b04c;--bad:#ff7b7b;--bar:#7aa5f5}}
@media print{:root{--paper:#fff;--ink:#000;--faint:#444;--line:#bbb;--good:#18794e;--warn:#8a5a00;--bad:#c0272d;--bar:#3b6fd4}tr,figure{break-inside:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}
header{border-left:.4rem solid var(--good);padding-left:1rem}
header.warnings{border-color:var(--warn)}header.not_ready{border-color:var(--bad)}
h1{margin:0;font-size:1.9rem;color:var(--good)}.warnings h1{color:var(--warn)}.not_ready h1{color:var(--bad)}
h2{margin:2.2rem 0 .6rem;font-size:1.15rem}
p{margin:.2rem 0}.url{font-weight:600;overflow-wrap:anywhere}
code{color:var(--faint);font-size:.82em;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{border-top:1px solid var(--line);padding:.5rem .8rem .5rem 0;text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
thead th{color:var(--faint);font-size:.85em;border-top:0}
.checks th[scope=row]{width:32%}.checks td:first-child{width:6.5rem}.figures th{width:16rem;color:var(--faint)}
.outcome{color:var(--good);font-weight:600}.warn .outcome{color:var(--warn)}.fail .outcome{color:var(--bad)}.skip,.skip .outcome{color:var(--faint);font-weight:400}
.fix{color:var(--faint)}.fix::before{content:"\\2192\\00a0"}
pre{margin:.5rem 0;padding:.6rem .8rem;border:1px solid var(--line);border-radius:.3rem;font-size:.82em;white-space:pre-wrap;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem;margin-top:1.2rem}
figure{margin:0}figcaption{color:var(--faint);font-size:.85em;margin-bottom:.3rem}
svg{width:100%;height:auto;display:block}svg text{fill:var(--faint);font:18px system-ui,sans-serif}
.bar{fill:var(--bar)}.bar.bad{fill:var(--bad)}.axis{stroke:var(--line)}
footer{margin-top:2rem;color:var(--faint);font-size:.85em}
@media (max-width:40rem){.checks thead{display:none}.checks tr{display:block;border-top:1px solid var(--line);padding:.5rem 0}.checks th,.checks td,.checks th[scope=row],.checks td:first-child{display:block;width:auto;border:0;padding:.1rem 0}.figures th{width:9rem}}
`;
