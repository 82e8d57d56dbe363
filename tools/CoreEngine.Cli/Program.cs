Console.WriteLine("coreengine");
