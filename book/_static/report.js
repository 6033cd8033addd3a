// The record that a reader comes from, written as text into the report on contribute.html; without it the report has its example.
{
  const named = new URLSearchParams(location.search).get("record") || "";
  if (/^[a-z_]+\/[a-z0-9.-]+(\/[a-z0-9_]+)?$/.test(named)) document.getElementById("report-record").textContent = named;
}
