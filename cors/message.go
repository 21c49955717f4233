package cors

func (f *Flow) message() string { return "" }
