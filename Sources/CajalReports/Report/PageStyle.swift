/// The style sheet of reports: light and dark, from a phone's width on.
enum PageStyle {
  static let sheet = """
    :root{color-scheme:light dark;--paper:\(ChartStyle.paper.light);--ink:\(ChartStyle.ink.light);\
    --soft:\(ChartStyle.softInk.light);--rule:#d3d7dc;--shade:#f3f5f7;--mark:#fff1c2;--link:#0b57a4}
    @media (prefers-color-scheme:dark){:root{--paper:\(ChartStyle.paper.dark);\
    --ink:\(ChartStyle.ink.dark);--soft:\(ChartStyle.softInk.dark);--rule:#3a4047;--shade:#1e2226;\
    --mark:#4a3d12;--link:#8cc4ff}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);\
    font:1rem/1.5 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
    header,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
    h1{font-size:1.6rem;line-height:1.25;margin:1.25rem 0 .5rem;overflow-wrap:anywhere}
    h2{font-size:1.25rem;margin:2.25rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule)}
    h3{font-size:1rem;margin:0 0 .25rem}
    p{margin:.5rem 0;max-width:70ch}
    a{color:var(--link)}
    nav ul,.legend{list-style:none;margin:.5rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}
    nav a{display:inline-block;padding:.25rem 0}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    .charts{display:grid;gap:2rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}
    .chart{min-width:0}.wide{margin-bottom:2rem}
    .legend{font-size:.875rem}.legend li{display:flex;align-items:center;gap:.4rem;overflow-wrap:anywhere}
    .legend svg{width:34px;height:12px;flex:none}
    .plot{display:block;overflow:visible;width:calc(100% - 5.25rem);height:13rem;margin:.5rem 1.5rem 1.75rem 3.75rem}
    .wide .plot{height:20rem}
    .unit,.across{margin:0;font-size:.8125rem;color:var(--soft)}.across{text-align:center;max-width:none}.note{font-size:.8125rem;color:var(--soft)}
    .scroll{overflow-x:auto;max-height:30rem;overflow-y:auto;border:1px solid var(--rule);margin:.5rem 0}
    table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;padding:.4rem .6rem;color:var(--soft)}
    th,td{padding:.3rem .6rem;text-align:right;border-top:1px solid var(--rule);vertical-align:top;white-space:nowrap}
    th{font-weight:600}th[scope=row],.text{text-align:left}
    thead th{background:var(--shade);position:sticky;top:0}
    .configuration th[scope=row],.configuration td{white-space:normal;overflow-wrap:anywhere;min-width:7rem;max-width:24rem}
    .differs td,.differs th,td.differs{background:var(--mark)}
    details{margin:.5rem 0}summary{cursor:pointer;color:var(--link);padding:.25rem 0}
    .panels{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));margin:.5rem 0}
    figure{margin:0}figcaption{font-size:.875rem;color:var(--soft)}
    img{display:block;max-width:100%;height:auto;background:#fff}
    footer{margin-top:2.5rem;padding-bottom:2rem;color:var(--soft);font-size:.875rem}
    @media print{.scroll{max-height:none}}
    \(ChartStyle.sheet)
    """
}
