// Draws the charts of the overview. Every number also stands in a table: without this file nothing is lost.
const given = JSON.parse(document.getElementById("charts").textContent);
const style = getComputedStyle(document.documentElement);
const colour = (name, other) => style.getPropertyValue(name).trim() || other;
const blue = colour("--tblr-primary", "#066fd1");
const text = { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1f2937" };
const drawn = [];

function draw(id, option) {
  const place = document.getElementById(id);
  if (!place || !window.echarts) return null;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({ textStyle: text, animation: false, ...option });
  drawn.push(chart);
  return chart;
}

function bars(id, rows, unit, max) {
  if (!rows.length) return empty(id);
  draw(id, {
    grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", max, minInterval: 1, axisLabel: { formatter: `{value}${unit}` } },
    yAxis: { type: "category", inverse: true, data: rows.map((row) => row[0]), axisTick: { show: false } },
    series: [{ type: "bar", barMaxWidth: 18, itemStyle: { color: blue }, data: rows.map((row) => row[1]), label: { show: true, position: "right", formatter: `{c}${unit}` } }],
    tooltip: { trigger: "item" },
  });
}

function empty(id) {
  const place = document.getElementById(id);
  if (place) { place.textContent = "还没有数据。"; place.classList.add("text-secondary", "chart-empty"); }
}

function scatter() {
  if (!given.dots.length && !given.grid.length) return empty("chart-scatter");
  const axis = (name) => ({ type: "value", name, nameLocation: "middle", nameGap: 30, min: 0, max: 120, axisLabel: { formatter: "{value}%" } });
  const diagonal = { type: "line", data: [[0, 0], [120, 120]], symbol: "none", silent: true, lineStyle: { color: "#9ca3af", type: "dashed", width: 1 } };
  const base = { grid: { left: 48, right: 16, top: 12, bottom: 44 }, xAxis: axis("执行率"), yAxis: axis("完成度") };
  if (given.grid.length) {
    const most = Math.max(...given.grid.map((cell) => cell[2]));
    draw("chart-scatter", {
      ...base, tooltip: { formatter: (one) => `执行率 ${Math.round(one.value[0] - 5)}—${Math.round(one.value[0] + 5)}%<br>完成度 ${Math.round(one.value[1] - 5)}—${Math.round(one.value[1] + 5)}%<br>${one.value[2]} 个项目` },
      series: [diagonal, { type: "scatter", itemStyle: { color: blue, opacity: 0.75 }, symbolSize: (value) => 4 + 26 * Math.sqrt(value[2] / most), data: given.grid.map(([x, y, n]) => [Math.min(x * 10 + 5, 118), Math.min(y * 10 + 5, 118), n]) }],
    });
    return;
  }
  const escape = (words) => { const node = document.createElement("span"); node.textContent = words; return node.innerHTML; };
  const chart = draw("chart-scatter", {
    ...base, tooltip: { formatter: (one) => `${escape(one.data.name)}<br>执行率 ${one.value[0].toFixed(1)}%　完成度 ${one.value[1].toFixed(1)}%` },
    series: [diagonal, { type: "scatter", symbolSize: 9, itemStyle: { color: blue, opacity: 0.7 }, data: given.dots.map((dot) => ({ name: dot.name, sheet: dot.sheet, value: [Math.min(dot.at[0], 119), Math.min(dot.at[1], 119)] })) }],
  });
  chart?.on("click", (one) => { if (one.data?.sheet) location.href = `/sheets/${one.data.sheet}/`; });
}

function start() {
  scatter();
  bars("chart-classes", given.classes, "%", 100);
  bars("chart-bands", given.bands.filter((row) => given.bands.some((one) => one[1] > 0) || row[1] > 0), "", undefined);
  bars("chart-codes", given.codes, "", undefined);
}

if (window.echarts) start(); else window.addEventListener("load", start);
window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
// On paper a drawing shrinks to the width of its column: it keeps its size and gets a box to be scaled by.
window.addEventListener("beforeprint", () => document.querySelectorAll(".chart svg").forEach((svg) => {
  svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
}));
window.addEventListener("afterprint", () => document.querySelectorAll(".chart svg").forEach((svg) => svg.removeAttribute("viewBox")));
