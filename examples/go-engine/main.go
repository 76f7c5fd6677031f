// Go calls the engine in its own process: no service, no copy of the document on the way in.
package main

import (
	"errors"
	"fmt"
	"log"
	"sync"
)

func main() {
	err := Validate([]byte(`{"name": "pump", "limit": 012}`))
	var failure *Error
	if errors.As(err, &failure) {
		fmt.Printf("%s at %d:%d\n", failure.Diagnostics[0].Code, failure.Line, failure.Column)
	}

	config, err := YAMLToJSON([]byte("pumps:\n  - name: a\n    rate: 1.50\n  - name: b\n    rate: 2\n"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", config)

	query, err := Compile(`[.pumps[] | select(.rate > 1.6) | .name]`)
	if err != nil {
		log.Fatal(err)
	}
	defer query.Close()
	answers := make([]string, 4)
	var group sync.WaitGroup
	for i := range answers {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			answer, err := query.Run(config)
			if err != nil {
				log.Fatal(err)
			}
			answers[i] = string(answer)
		}(i)
	}
	group.Wait()
	fmt.Println(answers)

	endless, err := Compile(`last(repeat(1))`)
	if err != nil {
		log.Fatal(err)
	}
	defer endless.Close()
	_, err = endless.Run(config)
	if errors.As(err, &failure) {
		fmt.Println(failure.Reason)
	}
}
