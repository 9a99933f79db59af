package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// journal is a file of lines that only grows. Each is on the disk when append returns.
type journal struct {
	file *os.File
	size int64
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	opened := &journal{file: file}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	opened.size = info.Size()
	whole := int64(0)
	err = opened.each(func(line []byte, offset int64) error {
		whole = offset + int64(len(line))
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A crash may leave half a line.
	opened.size = whole
	if err := file.Truncate(whole); err != nil {
		return nil, err
	}
	return opened, syncFolder(filepath.Dir(path))
}

func (j *journal) append(value any) (offset, length int64, err error) {
	line, err := json.Marshal(value)
	if err != nil {
		return 0, 0, err
	}
	line = append(line, '\n')
	if _, err = j.file.WriteAt(line, j.size); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.file.Truncate(j.size)
		return 0, 0, err
	}
	offset, length = j.size, int64(len(line))
	j.size += length
	return offset, length, nil
}

func (j *journal) read(offset, length int64) ([]byte, error) {
	line := make([]byte, length)
	_, err := j.file.ReadAt(line, offset)
	return line, err
}

// each passes every whole line, with its line feed, and its offset.
func (j *journal) each(use func(line []byte, offset int64) error) error {
	reader := bufio.NewReader(io.NewSectionReader(j.file, 0, j.size))
	for offset := int64(0); ; {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = use(line, offset)
		}
		if err != nil {
			return err
		}
		offset += int64(len(line))
	}
}

func replaceFile(path string, content []byte) error {
	draft, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer draft.Close()
	if _, err := draft.Write(content); err != nil {
		return err
	}
	if err := draft.Sync(); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names of new files durable.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such call
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
