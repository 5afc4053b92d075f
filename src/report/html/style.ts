/** Colours of light and dark pages. Text has a contrast of at least 4.5 to its background, parts of pictures 3. */
const light =
  '--page:#fff;--panel:#f5f7f9;--text:#1b2026;--soft:#505a64;--line:#d3dae1;--link:#0a58b0;--on:#fff;--track:#dde3e9;' +
  '--critical:#8a1030;--high:#c4281c;--medium:#a64b00;--low:#796000;--unknown:#5f4bb6;--manual:#0a62b5;--waived:#59636e;--pass:#1a7a36;--none:#7d8791';
const dark =
  '--page:#0f1419;--panel:#182028;--text:#e8edf2;--soft:#a5b1bd;--line:#35404b;--link:#7cc0ff;--on:#0f1419;--track:#34404c;' +
  '--critical:#ff6b8b;--high:#ff8f80;--medium:#ffab5e;--low:#e6c04d;--unknown:#b9a8ff;--manual:#74bdff;--waived:#a5b1bd;--pass:#5bd075;--none:#7f8b97';

const kinds = ['critical', 'high', 'medium', 'low', 'unknown', 'manual', 'waived', 'pass', 'none'];

const rules = [
  `:root{color-scheme:light dark;${light}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
  '*{box-sizing:border-box}',
  'html{-webkit-text-size-adjust:100%}',
  'body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}',
  'header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}',
  'h1{font-size:1.65rem;line-height:1.25;margin:.1rem 0 0}',
  'h2{font-size:1.25rem;margin:2.25rem 0 .75rem}',
  'h3{font-size:1.05rem;margin:1.5rem 0 .6rem}',
  'h4{font-size:1rem;margin:0}',
  'p{margin:.4rem 0}',
  'a{color:var(--link)}',
  ':focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}',
  'code,pre{font:.9em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}',
  'pre{margin:.4rem 0;padding:.55rem .75rem;background:var(--page);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap}',
  '.soft{color:var(--soft)}.flag{white-space:nowrap}',
  '.kicker{color:var(--soft);margin:1.5rem 0 0;font-size:.95rem}',
  // The first screen.
  '.verdict{display:flex;gap:.9rem;align-items:flex-start;margin:1.1rem 0 0;padding:.9rem 1.1rem;background:var(--panel);border-left:6px solid var(--kind);border-radius:6px}',
  '.verdict p{margin:0}',
  '.verdict .said{font-weight:600;font-size:1.1rem}',
  '.verdict .next{margin-top:.3rem}',
  '.badge{display:inline-block;flex:none;background:var(--kind);color:var(--on);border-radius:4px;padding:.05rem .5rem;font-size:.85rem;font-weight:700;line-height:1.5;white-space:nowrap}',
  '.verdict .badge{font-size:1rem;padding:.15rem .7rem}',
  '.panels{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:1rem 0 0}.stack{display:grid;gap:1rem;align-content:start}.stack:empty{display:none}.stack:empty+.panel{grid-column:1/-1}',
  '.panel{background:var(--panel);border-radius:6px;padding:.9rem 1.1rem 1rem;min-width:0}',
  '.panel.wide{grid-column:1/-1}',
  '.panel h2{font-size:1rem;margin:0 0 .6rem}',
  '.bar{display:block;width:100%;height:1.4rem;border-radius:4px;print-color-adjust:exact;-webkit-print-color-adjust:exact}',
  '.bar .track{fill:var(--track)}.bar .forecast{fill:var(--kind);opacity:.4}.bar .spent{fill:var(--kind)}.bar .limit{fill:var(--text)}.bar .gap{fill:var(--panel)}',
  '.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem 1.4rem;margin:.7rem 0 0;padding:0}',
  '.legend li{white-space:nowrap}',
  '.legend li:before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.45rem;border-radius:3px;background:var(--kind);vertical-align:-.05rem;print-color-adjust:exact;-webkit-print-color-adjust:exact}',
  '.legend .forecast:before{opacity:.4}.legend .limit:before{width:.2rem;background:var(--text)}',
  'dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:0}',
  'dt{color:var(--soft)}dd{margin:0}',
  '.figure{font-size:1.1rem;font-weight:600;margin:.4rem 0 0}',
  'nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin:1rem 0 0;padding:0}',
  // Findings.
  '.finding{margin:.75rem 0;padding:.8rem 1.1rem;background:var(--panel);border-left:4px solid var(--kind);border-radius:6px}',
  '.finding .title{display:flex;gap:.7rem;align-items:flex-start}',
  '.finding h3{font-size:1rem;margin:0}',
  '.finding .badge{margin-top:.05rem}',
  '.finding .about{color:var(--soft);margin:.25rem 0 0;font-size:.95rem}',
  '.finding .fix{margin:.6rem 0 0}.finding .fix p{margin:.2rem 0}',
  '.finding dl{margin:.5rem 0 0;font-size:.95rem}',
  'details{margin:.5rem 0 0}summary{cursor:pointer;color:var(--link);width:fit-content;padding:.1rem 0}',
  'details ul,details p{margin:.4rem 0}',
  '.fold{background:var(--panel);border-radius:6px;padding:.7rem 1.1rem}.fold>summary{font-weight:600}',
  '.note{border-left:4px solid var(--kind);padding:.2rem 0 .2rem .8rem;margin:.75rem 0}',
  // Tables.
  '.scroll{overflow:auto;border:1px solid var(--line);border-radius:6px;margin:.6rem 0}',
  '.tall{max-height:85vh}',
  'table{border-collapse:separate;border-spacing:0;width:100%;font-size:.95rem}',
  'th,td{text-align:left;vertical-align:top;padding:.4rem .75rem;border-bottom:1px solid var(--line)}',
  'tbody tr:last-child>*{border-bottom:0}',
  'thead th{background:var(--panel);white-space:nowrap}',
  'td.state{white-space:nowrap;font-weight:600;color:var(--kind)}',
  'td.none{color:var(--soft)}td.pass,td.none{font-weight:400}td ul{margin:0;padding-left:1.1rem}td p:first-child{margin-top:0}ol li{margin:.35rem 0}',
  '.matrix thead th{position:sticky;top:0;z-index:2;white-space:normal;overflow-wrap:break-word;vertical-align:bottom;min-width:6.5rem}',
  '.matrix tbody th{position:sticky;left:0;z-index:1;background:var(--page);font-weight:400;min-width:10.5rem;max-width:18rem}',
  '.matrix thead th:first-child{left:0;z-index:3}',
  '.matrix tbody th span{display:block;color:var(--soft)}.matrix tbody th{overflow-wrap:break-word}',
  '.only{display:flex;gap:.5rem;align-items:center;width:fit-content;margin:.4rem 0}.only input{width:1.1rem;height:1.1rem;margin:0}',
  'section:has(.only input:checked) tr.quiet{display:none}',
  'footer{margin-top:2.5rem;padding-top:1rem;padding-bottom:2rem;color:var(--soft);font-size:.9rem;border-top:1px solid var(--line)}',
  ...kinds.map((kind) => `.${kind}{--kind:var(--${kind})}.bar .${kind}{fill:var(--${kind})}`),
  '@media (max-width:42rem){.panels{grid-template-columns:minmax(0,1fr)}header,main,footer{padding-left:.9rem;padding-right:.9rem}h1{font-size:1.35rem}dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.4rem}.finding .title{flex-direction:column;gap:.35rem}.verdict{flex-direction:column;gap:.5rem}.matrix tbody th{min-width:8.6rem;max-width:9rem}.matrix th,.matrix td{padding:.4rem .5rem}}',
  '@media print{body{font-size:10.5pt}nav,.only{display:none}.scroll{overflow:visible;border:0}.tall{max-height:none}.matrix th{position:static!important;min-width:0!important}.matrix{font-size:8pt}.matrix th,.matrix td{padding:.15rem .4rem}.finding,.panel,tr{break-inside:avoid}h2,h3{break-after:avoid}.badge{border:1px solid var(--kind);background:none;color:var(--kind)}details:not([open])::details-content{content-visibility:visible;display:block}}',
  '@media (forced-colors:active){.bar,.badge,.legend li:before{forced-color-adjust:none}}',
];

/** On one line: a log reader of a build executes lines that start with two colons. */
export const style = rules.join('');
