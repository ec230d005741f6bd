// What Mermaid itself reads in flowcharts and shows of them: for each, its title, what every thing, tie and group is called,
// and whatever is there beside text.
(async () => {
  const texts = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(window.coded), (c) => c.charCodeAt(0))));
  // The two bounds are those of the page that shows a flowchart, not of the language.
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 1e8, maxEdges: 1e5 });
  const said = [];
  for (const [n, text] of texts.entries()) {
    try {
      const { svg } = await mermaid.render("picture" + n, text);
      const page = document.createElement("div");
      page.innerHTML = svg;
      document.body.append(page);
      const words = (found) => [...page.querySelectorAll(found)].map((e) => e.textContent);
      const nodes = {};
      for (const node of page.querySelectorAll("g.node")) {
        nodes[node.id.replace(/^.*flowchart-(n\d+)-.*$/, "$1")] = node.querySelector(".nodeLabel").textContent;
      }
      const odd = [...page.querySelectorAll("a, i, img, script, ul, ol, li, strong, em, b, h1, h2, code, pre, .katex, use, foreignObject svg")];
      said.push({ nodes, ties: words("g.edgeLabels > g.edgeLabel"), groups: words("g.cluster .cluster-label"), title: words(".flowchartTitleText"), odd: odd.map((e) => e.outerHTML) });
      page.remove();
    } catch (error) {
      said.push(String(error && error.message || error).slice(0, 600));
    }
  }
  document.getElementById("answers").textContent = JSON.stringify(said);
})();
