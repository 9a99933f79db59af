module netcore-receiver

go 1.19
