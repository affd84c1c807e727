Console.WriteLine("The local suite comes here.");
