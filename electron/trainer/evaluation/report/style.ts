/** The report's style sheet: one accent, light and dark, and a page that prints well. */
export const reportStyle = `
:root { color-scheme: light dark; --paper:#fbfbf9; --card:#fff; --ink:#1c2127; --soft:#5c6570; --line:#e2e4e3; --grid:#ecedec;
  --accent:#14599c; --onAccent:#fff; --wash:#e9f1f8; --amber:#8a5300; --amberWash:#fdf3e1; --good:#2f7d4f;
  --tone1:#14599c; --tone2:#c8590c; --tone3:#2b8a63; --zone:#2b8a6322; }
@media (prefers-color-scheme: dark) { :root { --paper:#14171a; --card:#1c2024; --ink:#e8eaec; --soft:#a0a9b2; --line:#32383e;
  --grid:#292e33; --accent:#7db8f0; --onAccent:#10202f; --wash:#1d2c3a; --amber:#f0bd6b; --amberWash:#332814; --good:#6fcb95;
  --tone1:#7db8f0; --tone2:#f2955a; --tone3:#6fcba6; --zone:#6fcba622; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.5 system-ui,"Segoe UI","Noto Sans","Liberation Sans",sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width:1080px; margin:0 auto; padding:48px 28px 80px; }
h1 { font-size:40px; line-height:1.15; letter-spacing:-.02em; font-weight:650; margin:6px 0 10px; max-width:22em; text-wrap:balance; }
h2 { font-size:24px; letter-spacing:-.01em; font-weight:620; margin:0 0 4px; }
h3 { font-size:16px; font-weight:600; margin:0 0 2px; }
p { margin:0 0 10px; max-width:44em; }
section { margin-top:56px; }
.over { color:var(--soft); font-size:15px; margin:0; }
.term { color:var(--soft); font-size:13.5px; }
.card { background:var(--card); border:1px solid var(--line); border-radius:10px; padding:18px 20px; }
.figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(190px,1fr)); gap:14px; margin-top:26px; }
.figures .card b { display:block; font-size:34px; line-height:1.15; font-weight:640; letter-spacing:-.02em; }
.figures .card b small { font-size:18px; font-weight:500; color:var(--soft); letter-spacing:0; }
.figures span { display:block; }
.warning { background:var(--amberWash); border-left:4px solid var(--amber); border-radius:4px; padding:10px 14px; margin:14px 0 0; max-width:none; }
.pair { display:grid; grid-template-columns:repeat(auto-fit,minmax(400px,1fr)); gap:16px; margin-top:16px; }
.wide { margin-top:16px; }
.chart { display:block; width:100%; height:auto; margin-top:8px; font-family:inherit; }
.grid { stroke:var(--grid); } .axis { stroke:var(--soft); } .tick,.axisLabel,.legend { fill:var(--soft); font-size:12px; }
.legend { fill:var(--ink); } .zone { fill:var(--zone); } td.number + td:not(.number), th.number + th:not(.number) { padding-left:22px; }
.line { fill:none; stroke-width:2.2; stroke-linejoin:round; stroke-linecap:round; } .dashed { stroke-dasharray:2 5; }
.line.tone1 { stroke:var(--tone1); } .line.tone2 { stroke:var(--tone2); } .line.tone3 { stroke:var(--tone3); }
.dot.tone1 { fill:var(--tone1); } .dot.tone2 { fill:var(--tone2); } .dot.tone3 { fill:var(--tone3); }
.flagPole { stroke:var(--accent); stroke-width:1.5; } .flag { fill:var(--accent); } .flagText { fill:var(--onAccent); font-size:12.5px; font-weight:600; }
.scroll { overflow-x:auto; margin-top:16px; padding:6px 20px; }
table { border-collapse:collapse; width:100%; font-size:15px; }
th { text-align:left; font-weight:500; color:var(--soft); font-size:13.5px; vertical-align:bottom; }
th,td { padding:9px 14px 9px 0; border-bottom:1px solid var(--line); }
tr:last-child td { border-bottom:0; } td.number,th.number { text-align:right; } td.name { font-weight:600; }
tr.pick td { background:var(--wash); } tr.pick td:first-child { box-shadow:-12px 0 0 var(--wash); } tr.pick td:last-child { box-shadow:12px 0 0 var(--wash); }
.bar { display:block; width:100%; min-width:120px; height:8px; } .bar .back { fill:var(--grid); } .bar .fill { fill:var(--accent); } .bar .over { fill:var(--amber); }
.tag { display:inline-block; background:var(--accent); color:var(--onAccent); font-size:12.5px; font-weight:600; border-radius:4px; padding:1px 7px; }
.key { display:flex; flex-wrap:wrap; gap:6px 20px; margin:14px 0 0; padding:0; list-style:none; font-size:14px; }
.key svg { width:26px; height:14px; vertical-align:-2px; margin-right:7px; }
.gallery { display:grid; grid-template-columns:repeat(auto-fill,minmax(320px,1fr)); gap:18px; margin-top:16px; }
.gallery.close { grid-template-columns:repeat(auto-fill,minmax(230px,1fr)); }
figure { margin:0; break-inside:avoid; } figure svg { display:block; width:100%; height:auto; border-radius:8px; background:#000; }
figcaption { font-size:13.5px; color:var(--soft); margin-top:6px; overflow-wrap:anywhere; } figcaption b { color:var(--ink); font-weight:600; }
.truth,.found { fill:none; vector-effect:non-scaling-stroke; } .truth.under { stroke:#000; stroke-width:2.6; } .truth.top { stroke:#fff; stroke-width:1.3; stroke-dasharray:5 4; }
.found { stroke-width:2; } .aside { opacity:.38; } .halo { fill:none; stroke:#000; stroke-opacity:.5; stroke-width:3.4; vector-effect:non-scaling-stroke; }
.score { font-weight:650; paint-order:stroke; stroke:#000; stroke-opacity:.8; stroke-linejoin:round; fill:#fff; }
dl.choices { margin:16px 0 0; display:grid; grid-template-columns:minmax(150px,1fr) 3fr; gap:0; padding:8px 20px; }
dl.choices > div { display:contents; } dl.choices dt,dl.choices dd { margin:0; padding:12px 0; border-bottom:1px solid var(--line); }
dl.choices > div:last-child > * { border-bottom:0; } dl.choices dt { color:var(--soft); padding-right:24px; } dl.choices b { font-weight:620; } dl.choices dd span { display:block; color:var(--soft); font-size:14.5px; }
ul.plain { margin:10px 0 0; padding-left:20px; max-width:46em; } ul.plain li { margin-bottom:5px; }
footer { margin-top:64px; padding-top:16px; border-top:1px solid var(--line); color:var(--soft); font-size:13.5px; }
@media (max-width:640px) { h1 { font-size:30px; } .pair { grid-template-columns:1fr; } dl.choices { grid-template-columns:1fr; } dl.choices dt { border:0; padding-bottom:0; } }
@media print { .figures { grid-template-columns:repeat(4,1fr); gap:8px; } .figures .card { padding:12px; } .figures .card b { font-size:24px; }
  :root { --paper:#fff; --card:#fff; --ink:#111; --soft:#444; --line:#ccc; --grid:#e4e4e4; --accent:#14599c; --onAccent:#fff; --wash:#eef3f8;
  --amber:#8a5300; --amberWash:#fff; --tone1:#14599c; --tone2:#c8590c; --tone3:#2b8a63; }
  body { font-size:11pt; print-color-adjust:exact; -webkit-print-color-adjust:exact; } main { max-width:none; padding:0; } section { margin-top:28pt; }
  .card,figure,tr { break-inside:avoid; } h2,h3 { break-after:avoid; } .pair { grid-template-columns:1fr 1fr; } .gallery { grid-template-columns:1fr 1fr; } .gallery.close { grid-template-columns:1fr 1fr 1fr; } }
@page { margin:16mm; }
`;
