using CoreEngine.Abi;

string root = args.Length > 0 ? args[0] : Directory.GetCurrentDirectory();
foreach ((string path, string text) in AbiList.Outputs(AbiList.Read(root)))
{
    string full = Path.Combine(root, path);
    if (File.Exists(full) && File.ReadAllText(full) == text)
        continue;
    File.WriteAllText(full, text);
    Console.WriteLine($"wrote {path}");
}
