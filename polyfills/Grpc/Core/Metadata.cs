using System.Buffers;
using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order; a key may occur several times. Keys that end with <c>-bin</c> hold bytes.</summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>The ending of a key whose value is binary.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries, and none can be added.</summary>
    public static readonly Metadata Empty = new(readOnly: true);

    readonly List<Entry> _entries = [];

    public Metadata() { }

    Metadata(bool readOnly) => IsReadOnly = readOnly;

    public int Count => _entries.Count;
    public bool IsReadOnly { get; }

    public Entry this[int index]
    {
        get => _entries[index];
        set => Writable()[index] = NotNull(value);
    }

    /// <summary>The last entry with this key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => Matches(entry, key));

    /// <summary>The last text value with this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last value with this key as bytes, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => Matches(entry, key));

    public void Add(string key, string value) => Add(new Entry(key, value));
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));
    public void Add(Entry item) => Writable().Add(NotNull(item));
    public void Insert(int index, Entry item) => Writable().Insert(index, NotNull(item));
    public bool Remove(Entry item) => Writable().Remove(item);
    public void RemoveAt(int index) => Writable().RemoveAt(index);
    public void Clear() => Writable().Clear();
    public bool Contains(Entry item) => _entries.Contains(item);
    public int IndexOf(Entry item) => _entries.IndexOf(item);
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    static bool Matches(Entry entry, string key) => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);

    static Entry NotNull(Entry item) => item ?? throw new ArgumentNullException(nameof(item));

    List<Entry> Writable() => IsReadOnly ? throw new InvalidOperationException("Object is read only") : _entries;

    /// <summary>One header or trailer. The key is lower-cased; the constructors throw <see cref="ArgumentException"/> for a key that
    /// cannot travel and for a value whose kind disagrees with the key's ending.</summary>
    public class Entry
    {
        static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

        readonly string? _text;
        readonly byte[]? _bytes;

        public Entry(string key, string value) : this(key, binary: false) =>
            _text = value ?? throw new ArgumentNullException(nameof(value));

        public Entry(string key, byte[] valueBytes) : this(key, binary: true) =>
            _bytes = (byte[])(valueBytes ?? throw new ArgumentNullException(nameof(valueBytes))).Clone();

        Entry(string key, bool binary)
        {
            Key = key.ToLowerInvariant();
            if (!IsKey(Key))
                throw new ArgumentException($"Metadata key '{key}' may hold only letters, digits, '.', '_' and '-'.", nameof(key));
            if (IsBinary != binary)
            {
                throw new ArgumentException(
                    $"Metadata key '{key}' {(binary ? "needs the suffix" : "must not have the suffix")} '{BinaryHeaderSuffix}'"
                    + $" because its value is {(binary ? "binary" : "text")}.", nameof(key));
            }
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text; throws <see cref="InvalidOperationException"/> when the entry is binary.</summary>
        public string Value => _text ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        /// <summary>The bytes; those of a text are its ASCII encoding.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : (byte[])_bytes.Clone();

        internal static bool IsKey(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(KeyCharacters);

        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]"
            : $"[Entry: key={Key}, value={_text}]";
    }
}
