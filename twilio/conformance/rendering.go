package conformance

const renderingFile = "twilio/conformance/generated/rendering.json"

// Rendering is npm twilio's text of each document of rendering.mjs, by name.
func Rendering() (map[string]string, error) {
	var file struct{ Documents map[string]string }
	err := load(renderingFile, &file)
	return file.Documents, err
}
