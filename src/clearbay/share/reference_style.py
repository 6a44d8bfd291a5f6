"""The style sheet of the API reference: quiet, readable by day and in the duty room, printable."""

STYLE = """
:root{--ground:#fbfcfc;--sheet:#fff;--ink:#1d2a30;--soft:#5a6b73;--line:#dfe6e8;--accent:#0b6e7f;--chip:#eef3f4;
color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ground:#10171b;--sheet:#161f24;--ink:#dfe8eb;--soft:#98a9b1;--line:#2a363c;
--accent:#5cc3d4;--chip:#1f2b31}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.6 system-ui,"Segoe UI",Roboto,"Noto Sans",
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
code{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono",monospace;background:var(--chip);
border-radius:3px;padding:.08em .35em;overflow-wrap:anywhere}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--sheet);padding:.5rem 1rem}
header{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;align-items:baseline;padding:.9rem 1.5rem;background:var(--sheet);
border-bottom:1px solid var(--line)}
header p{margin:0;color:var(--soft)}
.brand{font-weight:650;font-size:1.15rem;color:var(--ink);text-decoration:none}
.brand span{color:var(--soft);font-weight:400}
.columns{display:grid;grid-template-columns:15rem minmax(0,54rem);gap:2.5rem;padding:0 1.5rem;max-width:78rem}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1.5rem 0}
nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:1.1rem 0 .2rem}
nav ul{list-style:none;margin:0;padding:0}nav code{background:none;padding:0}nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
main{padding:1.8rem 0 6rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem;font-weight:650;text-wrap:balance}
.lead{font-size:1.05rem;color:var(--soft);margin:0 0 1.5rem;max-width:44rem}
h2.tag{margin:3rem 0 .2rem;font-size:1.25rem}
section>p{color:var(--soft);margin:0 0 1rem}
article{background:var(--sheet);border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem;margin:0 0 1.2rem}
article:target{border-color:var(--accent)}
h3{margin:0 0 .4rem;font-size:1.02rem;font-weight:600}h3 code{font-size:.95rem;background:none;padding:0}
.verb{font-size:.72rem;font-weight:700;letter-spacing:.05em;color:var(--accent);margin-right:.3rem}
article p{margin:.3rem 0 .7rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .8rem .42rem 0;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:500;font-size:.82rem}
tbody th{font-weight:500;white-space:nowrap}td:nth-child(2){min-width:9rem}
.need{color:var(--accent);font-size:.78rem}.such{color:var(--soft)}
.try{background:var(--chip);border-radius:6px;padding:.5rem .8rem;margin:.4rem 0 0;overflow-wrap:anywhere;
font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px}
dt{font-weight:600;margin-top:.7rem}dd{margin:0}
.rules{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.3rem 1.6rem;margin:0}
@media(max-width:60rem){.columns{display:block}nav{position:static;max-height:none;columns:2;padding-bottom:0}}
@media print{nav,.skip{display:none}.columns{display:block}article{break-inside:avoid}}
"""
