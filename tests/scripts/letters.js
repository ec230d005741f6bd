// Where the browser shows every letter of every text of a picture: [letter, middle in pixels], from left to right.
document.fonts.load("10px 'Noto Sans Arabic'", "ہ")
  .then(() => Promise.all(["10px 'DejaVu Sans'", "bold 10px 'DejaVu Sans'", "bold 10px 'Noto Sans Arabic'"].map((font) => document.fonts.load(font, "aہ"))))
  .then(() => document.fonts.ready)
  .then(() => {
    const parts = new Intl.Segmenter("en", { granularity: "grapheme" });
    const said = [...document.querySelectorAll("svg text")].map((text) => {
      const letters = [...parts.segment(text.textContent)].map(({ segment, index }) => {
        const box = text.getExtentOfChar(index);
        return [segment, box.x + box.width / 2, index];
      });
      letters.sort((a, b) => a[1] - b[1] || a[2] - b[2]);
      return { text: text.textContent, letters: letters.map(([letter, x]) => [letter, x]) };
    });
    document.getElementById("answers").textContent = JSON.stringify(said);
  });
