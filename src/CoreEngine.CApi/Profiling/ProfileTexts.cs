using System.Globalization;
using System.Text;
using System.Text.Json;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Sums of a profile as text.</summary>
internal static class ProfileTexts
{
    /// <summary>A table for people.</summary>
    internal static string Table(IReadOnlyList<ProfilerSummary> sums)
    {
        var text = new StringBuilder("Profile Statistics (times in milliseconds)\n");
        Row(text, "Category", "Name", "Count", "Total", "Min", "Max", "Avg");
        foreach (ProfilerSummary sum in sums)
        {
            Row(
                text,
                sum.Category,
                sum.Name,
                sum.Count.ToString(CultureInfo.InvariantCulture),
                Number(sum.Total),
                Number(sum.Shortest),
                Number(sum.Longest),
                Number(sum.Average)
            );
        }

        return text.ToString();
    }

    /// <summary>An object with a list for programs.</summary>
    internal static string Json(IReadOnlyList<ProfilerSummary> sums)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("Unit", "ms");
            writer.WriteStartObject("Time");
            foreach (IGrouping<string, ProfilerSummary> category in sums.GroupBy(sum => sum.Category))
            {
                writer.WriteStartObject(category.Key);
                foreach (ProfilerSummary sum in category)
                {
                    writer.WriteStartObject(sum.Name);
                    writer.WriteNumber("Count", sum.Count);
                    writer.WriteNumber("Total", sum.Total);
                    writer.WriteNumber("Min", sum.Shortest);
                    writer.WriteNumber("Max", sum.Longest);
                    writer.WriteNumber("Avg", sum.Average);
                    writer.WriteEndObject();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Row(
        StringBuilder text,
        string category,
        string name,
        string count,
        string total,
        string shortest,
        string longest,
        string average
    ) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"{category, -16} {name, -40} {count, 10} {total, 14} {shortest, 12} {longest, 12} {average, 12}\n"
        );

    private static string Number(double milliseconds) => milliseconds.ToString("F4", CultureInfo.InvariantCulture);
}
