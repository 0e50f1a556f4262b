"use strict";
(function () {
  var SIZE = 25;
  function cell(tag, value, kind) {
    var made = document.createElement(tag);
    if (kind === "number") made.className = "number";
    if (kind === "tag") made.className = "tag";
    if (kind === "label" && value) {
      var label = document.createElement("span");
      label.className = "label " + ({ "written": "good", "partly written": "open", "not written": "open", "withheld": "open", "rejected": "bad" }[value] || "");
      label.textContent = value;
      made.appendChild(label);
    } else {
      made.textContent = kind === "number" && typeof value === "number" ? value.toLocaleString("en") : value;
    }
    return made;
  }
  function control(tag, text, bar) {
    var made = document.createElement(tag);
    if (text) made.textContent = text;
    bar.appendChild(made);
    return made;
  }
  function show(holder) {
    var data = JSON.parse(document.getElementById(holder.dataset.rows).textContent);
    var rows = data.rows, shown = rows, page = 0;
    var keys = rows.map(function (row) { return row.join(" ").toLowerCase(); });
    var bar = holder.appendChild(document.createElement("div"));
    bar.className = "bar";
    var search = control("input", "", bar);
    search.type = "search";
    search.placeholder = "Filter";
    search.setAttribute("aria-label", "Filter rows");
    var back = control("button", "Previous", bar), on = control("button", "Next", bar), count = control("span", "", bar);
    count.className = "count";
    var wide = holder.appendChild(document.createElement("div"));
    wide.className = "wide";
    var table = wide.appendChild(document.createElement("table"));
    var head = table.appendChild(document.createElement("thead")).appendChild(document.createElement("tr"));
    data.columns.forEach(function (column) {
      var made = head.appendChild(cell("th", column[0], column[1] === "number" ? "number" : ""));
      made.scope = "col";
    });
    var body = table.appendChild(document.createElement("tbody"));
    function draw(size) {
      var some = document.createDocumentFragment();
      shown.slice(page * SIZE, page * SIZE + size).forEach(function (row) {
        var line = some.appendChild(document.createElement("tr"));
        row.forEach(function (value, place) { line.appendChild(cell("td", value, data.columns[place][1])); });
      });
      body.replaceChildren(some);
      var last = Math.min(page * SIZE + size, shown.length);
      count.textContent = shown.length ? (page * SIZE + 1).toLocaleString("en") + "-" + last.toLocaleString("en") + " of " + shown.length.toLocaleString("en") : "none";
      back.disabled = page === 0;
      on.disabled = last >= shown.length;
    }
    function turn(step) { page += step; draw(SIZE); }
    back.onclick = function () { turn(-1); };
    on.onclick = function () { turn(1); };
    search.oninput = function () {
      var wanted = search.value.toLowerCase();
      shown = wanted ? rows.filter(function (_, place) { return keys[place].indexOf(wanted) >= 0; }) : rows;
      page = 0;
      draw(SIZE);
    };
    window.addEventListener("beforeprint", function () { page = 0; draw(100); });
    window.addEventListener("afterprint", function () { draw(SIZE); });
    if (rows.length <= SIZE) { back.hidden = on.hidden = true; if (rows.length < 8) search.hidden = true; }
    draw(SIZE);
  }
  document.querySelectorAll(".pages").forEach(show);
})();
