package evilfeed

// badSchemes are addresses that must not become a link.
var badSchemes = []string{
	"javascript:evil()", "JAVASCRIPT:evil()", "  javascript:evil()", "java\nscript:evil()", "java\tscript:evil()", "\x02javascript:evil()", "javascript&colon;evil()", "&#x6a;avascript:evil()",
	"javascript://host.example/%0Aevil()", "feed:javascript:evil()", "view-source:javascript:evil()", "vbscript:evil", "livescript:evil()", "data:text/html,<script>evil()</script>", "DATA:text/html;base64,PHNjcmlwdD4=",
	"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='evil()'/>", "blob:http://host.example/1", "file:///etc/hostname", `\\host\share`, "//host.example/x", `http://host.example/" onfocus="evil()`, "http://host.example/'><script>evil()</script>",
	"\u2029javascript:evil()", "\u00a0javascript:evil()", "javascript\u0000:evil()",
}

// xssBodies are pieces of HTML that must not act.
var xssBodies = []string{
	`<script>evil()</script>`, `<SCRIPT SRC=//host.example/e.js></SCRIPT>`, `<scr<script>ipt>evil()</scr</script>ipt>`, `<img src=1 onerror=evil()>`, `<img/src=1/onerror=evil()>`, "<img src=`1` onerror=evil()>", `<img src=1 onerror&#61;evil()>`,
	`<body onpageshow=evil()>`, `<iframe src="javascript:evil()"></iframe>`, `<iframe srcdoc="&lt;script&gt;evil()&lt;/script&gt;"></iframe>`, `<object data="javascript:evil()"></object>`, `<embed src="data:text/html,<script>evil()</script>">`,
	`<a href="javascript:evil()">x</a>`, `<a href="java&Tab;script:evil()">x</a>`, `<a href="jav&#x0A;ascript:evil()">x</a>`, `<form action="javascript:evil()"><button formaction="javascript:evil()">x</button></form>`, `<input autofocus onfocus=evil()>`,
	`<video poster="javascript:evil()"><source onerror="evil()"></video>`, `<details open ontoggle=evil()>x</details>`, `<meta http-equiv=refresh content="0;url=javascript:evil()">`, `<link rel=stylesheet href="javascript:evil()">`, `<base href="javascript:evil()//">`,
	`<svg onload=evil()>`, `<svg><script>evil()</script></svg>`, `<svg><a xlink:href="javascript:evil()"><text y=9>x</text></a></svg>`, `<svg><style><img src=1 onerror=evil()></style></svg>`, `<math href="javascript:evil()">x</math>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=evil()&gt;">`, `<noscript><p title="</noscript><img src=1 onerror=evil()>"></noscript>`, `<style>@import 'javascript:evil()';</style>`, `<p style="background:url(javascript:evil())">x</p>`,
	`<div style="position:fixed;inset:0">over all</div>`, `<xmp><p title="</xmp><img src=1 onerror=evil()>"></xmp>`, `<template><script>evil()</script></template>`, `<!--><img src=1 onerror=evil()>-->`, `<![CDATA[<img src=1 onerror=evil()>]]>`,
	`"><img src=1 onerror=evil()>`, `</title><script>evil()</script>`, `</textarea><script>evil()</script>`, `]]><script>evil()</script>`, `{{7*7}}`, `<img src="http://host.example/p.gif" width=1 height=1>`, `<p id=admin name=cookie>x</p>`,
}
