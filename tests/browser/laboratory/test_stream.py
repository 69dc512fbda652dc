"""An event is always told of, even one that is sent while the server ends the stream of those before."""

from bertmini_demo.ui.laboratory.stream import STREAM

SAY = """async () => {
  const session = `stream${Math.random()}`;
  const config = await (await fetch('/config')).json();
  const predict = config.dependencies.find(one => one.api_name === 'predict').id;
  const join = async () => {
    const data = ['A dog runs.', 'A cat runs.'];
    const sent = {method: 'POST', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({fn_index: predict, data, session_hash: session})};
    return (await (await fetch('/gradio_api/queue/join', sent)).json()).event_id;
  };
  const first = await join();
  const stream = (await fetch(`/gradio_api/queue/data?session_hash=${session}`)).body;
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let told = '', rest = '';
  const untilTold = async event => {
    while (!told.includes(`completed ${event}`)) {
      const {done, value} = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\\n\\n');
      rest = lines.pop();
      for (const line of lines.map(one => JSON.parse(one.slice(6)))) told += `${line.msg.split('_').at(-1)} ${line.event_id};`;
    }
  };
  await untilTold(first);
  const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
  const events = [first];
  for (const pause of [0, 20, 100, 1000, 0, 0]) {
    await wait(pause);
    events.push(await join());
    await untilTold(events.at(-1));
  }
  return [events.length, events.filter(event => told.includes(`completed ${event}`)).length, told.includes('stream')];
}"""


def test_one_stream_tells_of_all_events_however_far_apart_they_are(visit):
    page = visit()
    sent, told, ended = page.evaluate(SAY)
    assert told == sent == 7
    assert not ended


ASK = """async () => {
  const asked = performance.now();
  await fetch('/gradio_api/queue/join', {method: 'POST', body: '{}'});
  return performance.now() - asked;
}"""


STOP_AT_ONCE = """async () => {
  const post = (place, body) => fetch(`/gradio_api/${place}`, {method: 'POST', body: JSON.stringify(body)});
  const joined = post('queue/join', {fn_index: 7});
  await post('cancel', {event_id: null, session_hash: 'one', fn_index: 7});
  await post('cancel', {event_id: 'other', session_hash: 'one', fn_index: 7});
  return (await (await joined).json()).event_id;
}"""


def test_a_stop_asked_for_before_the_event_has_a_name_waits_for_it(browser):
    page, stopped = browser.new_page(), []

    def answer(route) -> None:
        if route.request.url.endswith("cancel"):
            stopped.append(route.request.post_data_json)
        route.fulfill(body='{"event_id": "named"}')

    page.route("http://page.test/**", answer)
    page.goto("http://page.test/")
    page.add_script_tag(content=STREAM)
    assert page.evaluate(STOP_AT_ONCE) == "named"
    told = {"session_hash": "one", "fn_index": 7}
    assert stopped == [{"event_id": "named", **told}, {"event_id": "other", **told}]
    page.close()


def test_what_is_asked_of_a_page_about_to_be_left_waits_and_is_sent_if_it_stays(browser):
    page = browser.new_page()
    page.route("http://page.test/**", lambda route: route.fulfill(body="{}"))
    page.goto("http://page.test/")
    page.add_script_tag(content=STREAM)
    assert page.evaluate(ASK) < 1000
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    assert page.evaluate(ASK) > 1000
    assert page.evaluate(ASK) < 1000
    page.close()
